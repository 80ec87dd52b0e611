import { warAndPeace } from '../war-and-peace.mjs';

export default warAndPeace('gru', 'below the rnn');
