import type { PatternSource } from '../pattern/text-pattern.ts';
import type { Fields } from './fields.ts';

/** `{"String": …}` or `{"Regex": …}`; older files have the string alone. */
export function readPattern(fields: Fields): PatternSource {
  if (typeof fields.get('pattern') === 'string') return { String: fields.string('pattern') };
  const pattern = fields.object('pattern');
  if (pattern.get('String') !== undefined) return { String: pattern.string('String') };
  if (pattern.get('Regex') === undefined) throw fields.error('pattern', '{"String": …} or {"Regex": …}');
  return { Regex: pattern.string('Regex') };
}
