export { expectGradients } from './check-gradients.ts';
export {
  type CellContractOptions,
  type ContractCheck,
  cellContract,
  describeCell,
} from './describe-cell.ts';
export { describeLayer, type LayerCase, layerContract } from './describe-layer.ts';
export { expectNoLeak } from './expect-no-leak.ts';
export type { Tolerance } from './to-be-all-close.ts';

import './to-be-all-close.ts';
