import { forward } from '../recurrent.mjs';

export default forward('gru');
