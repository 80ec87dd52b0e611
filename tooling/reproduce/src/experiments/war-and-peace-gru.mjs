import { warAndPeace } from '../war-and-peace.mjs';

export default warAndPeace('gru', 'below the rnn', 'Karpathy et al. 2015, test: 1.195');
