import { warAndPeace } from '../war-and-peace.mjs';

export default warAndPeace('rnn', 'above lstm and gru');
