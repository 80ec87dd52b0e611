/** Something that the user can mend: its message is all they need to see. */
export class UserError extends Error {
  override name = 'UserError';
}
