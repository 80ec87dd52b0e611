import { step } from '../recurrent.mjs';

export default step('gru');
