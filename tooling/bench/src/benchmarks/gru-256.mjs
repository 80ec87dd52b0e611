import { training } from '../recurrent.mjs';

export default training('gru', 'large');
