import { warAndPeace } from '../war-and-peace.mjs';

export default warAndPeace('lstm', 'at most 1.25, within an hour');
