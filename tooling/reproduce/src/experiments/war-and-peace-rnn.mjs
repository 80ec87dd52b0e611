import { warAndPeace } from '../war-and-peace.mjs';

export default warAndPeace('rnn', 'above lstm and gru', 'Karpathy et al. 2015, test: 1.349');
