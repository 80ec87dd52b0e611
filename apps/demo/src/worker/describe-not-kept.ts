/** Why this browser keeps no model, and what to do instead. */
export function describeNotKept(error: unknown): string {
  return `${reason(error)} Save it as a file instead.`;
}

function reason(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'QuotaExceededError')
    return 'This browser’s storage is full: it keeps no model for a later visit.';
  // A RangeError is an array that could not be had; browsers word a value that storage does not take each in its way.
  if (name === 'RangeError' || /too large|too big|maximum|size exceeded/i.test(message))
    return 'This model is too large for this browser to keep for a later visit.';
  return `This browser keeps no model for a later visit (${message || name}).`;
}
