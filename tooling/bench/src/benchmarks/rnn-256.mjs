import { training } from '../recurrent.mjs';

export default training('rnn', 'large');
