import { training } from '../recurrent.mjs';

export default training('lstm', 'small');
