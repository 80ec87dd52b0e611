import type { Fields } from './fields.ts';

/** For each `type`, what reads it. */
export type ComponentReaders<Stage> = Record<string, (fields: Fields) => Stage>;

/** @throws TokenizerJsonError naming the component, if nothing reads its type, or what is wrong in it */
export function readComponent<Stage>(kind: string, fields: Fields, readers: ComponentReaders<Stage>): Stage {
  const type = fields.get('type');
  if (typeof type !== 'string' || !Object.hasOwn(readers, type)) {
    throw fields.error('type', `a ${kind} of these: ${Object.keys(readers).join(', ')}`);
  }
  return fields.wrap(() => readers[type]!(fields));
}
