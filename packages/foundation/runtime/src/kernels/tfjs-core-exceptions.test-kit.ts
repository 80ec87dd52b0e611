/**
 * The tests of tfjs-core that do not pass on the WASM backend: why, and their full names. All but the first four groups fail on
 * tfjs's own WASM kernels, where this package changes nothing.
 */
export const exceptions: { cause: string; tests: (string | RegExp)[] }[] = [
  {
    cause: 'it expects an error where this package has the gradient',
    tests: ['depthwiseConv2d gradients throws error on dilations > 1'],
  },
  {
    cause: "it expects tfjs's words where this package's error says more",
    tests: ['gather throws when index is out of bound'],
  },
  {
    cause: 'it expects a gradient without what came to the mirror images',
    tests: ['mirrorPad grad', 'mirrorPad gradient with clones'],
  },
  {
    cause:
      "it expects the pixels as they came, as tfjs's shortcut for a window of one has it, where windows hold padding alone",
    tests: [/^pool (max|avg) x=\[2,2,3\] f=\[1,1\] s=2 p=1 fractional outputs default rounding$/],
  },
  {
    cause: 'the WASM backend has no kernels for ragged tensors',
    tests: [/^raggedGather /, /^raggedRange /, /^raggedTensorToTensor /],
  },
  {
    cause: 'the WASM backend has no kernel StaticRegexReplace',
    tests: [/^staticRegexReplace (?!throws)/],
  },
  {
    cause: 'tfjs has no WASM kernel for strings there and reads the wrong memory',
    tests: [
      /^(equal|notEqual|greater|greaterEqual|less|lessEqual) should support string comparison$/,
      /^fill [12]D fill string$/,
      /^squeeze (default|specific dimension|all ones|squeeze only ones)$/,
      'sparseToDense should work for string',
    ],
  },
  {
    cause: "tfjs's WASM convolutions run on channels-last tensors alone",
    tests: [/^conv2d (gradient )?x=.* NCHW$/, /^fused conv2d (basic|im2row|batch) in NCHW/],
  },
  {
    cause: "tfjs's fused WASM convolutions take a bias of rank 1 alone",
    tests: [
      /^fused (conv2d|depthwiseConv2D) (basic|im2row) with broadcasted bias and relu$/,
      /^fused (conv2d|depthwiseConv2D) gradient x=\[2,3,3,1\] f=\[2,2,1,1\] s=1 p=0 with bias$/,
    ],
  },
  {
    cause: "tfjs's WASM ClipByValue turns NaN into the lower bound",
    tests: ['clipByValue basic vec4', 'clipByValue propagates NaNs'],
  },
  {
    cause: "tfjs's WASM Bincount makes a histogram for every row of an image, tf.image.threshold expects one",
    tests: [/^threshold method otsu/],
  },
];
