import type { PostProcessor, TemplatePart } from './post-processor.ts';

type Special = { token: string; id: number };

/**
 * Special tokens by a template, such as `[CLS] $A [SEP]` and `[CLS] $A [SEP] $B:1 [SEP]:1`. `$A` and `$B` stand for the
 * texts; `:1` is a type id, else 0.
 *
 * @param specialTokens  the tokens in the templates and their ids
 * @throws Error if a template names a token that is not among them, or not every text
 */
export function templateProcessing(
  single: string,
  pair: string,
  specialTokens: readonly Special[],
): PostProcessor {
  const parse = (template: string): TemplatePart[] =>
    template.split(/\s+/).map((part) => {
      const [, name = '', type = '0'] = /^(.*?)(?::(\d+))?$/.exec(part)!;
      const typeId = Number(type);
      if (name === '$A' || name === '$' || name === '$B')
        return { sequence: name === '$B' ? 'B' : 'A', typeId };
      const special = specialTokens.find(({ token }) => token === name);
      if (!special) {
        throw new Error(
          `templateProcessing: the template ${JSON.stringify(template)} has ${JSON.stringify(name)}, which is not among the special tokens.`,
        );
      }
      return { id: name, ids: [special.id], tokens: [name], typeId };
    });
  return templateProcessor(parse(single), parse(pair));
}

/** The same of templates that are taken apart already. */
export function templateProcessor(
  single: readonly TemplatePart[],
  pair: readonly TemplatePart[],
): PostProcessor {
  const used = new Map<string, { id: string; ids: readonly number[]; tokens: readonly string[] }>();
  const check = (parts: readonly TemplatePart[], wanted: string, name: string) => {
    const texts = parts.flatMap((part) => ('sequence' in part ? [part.sequence] : []));
    if ([...texts].sort().join('') !== wanted) {
      throw new Error(
        `templateProcessing: the ${name} template has the texts "${texts.join(' ')}", expected each once, in any order.`,
      );
    }
    for (const part of parts) {
      if (!('sequence' in part)) used.set(part.id, { id: part.id, ids: part.ids, tokens: part.tokens });
    }
  };
  check(single, 'A', 'single');
  check(pair, 'AB', 'pair');
  const json = (parts: readonly TemplatePart[]) =>
    parts.map((part) =>
      'sequence' in part
        ? { Sequence: { id: part.sequence, type_id: part.typeId } }
        : { SpecialToken: { id: part.id, type_id: part.typeId } },
    );
  return {
    template: (isPair) => (isPair ? pair : single),
    trimsOffsets: false,
    toJSON: () => ({
      type: 'TemplateProcessing',
      single: json(single),
      pair: json(pair),
      special_tokens: Object.fromEntries(used),
    }),
  };
}

/** `[CLS] A [SEP]`, `[CLS] A [SEP] B [SEP]` (Devlin et al. 2019). */
export function bertProcessing(sep: Special, cls: Special): PostProcessor {
  const templates = templateProcessing(
    `${cls.token} $A ${sep.token}`,
    `${cls.token} $A ${sep.token} $B:1 ${sep.token}:1`,
    [sep, cls],
  );
  return {
    ...templates,
    toJSON: () => ({ type: 'BertProcessing', sep: [sep.token, sep.id], cls: [cls.token, cls.id] }),
  };
}

/** `<s> A </s>`, `<s> A </s> </s> B </s>`, all of type 0 (Liu et al. 2019, https://arxiv.org/abs/1907.11692). */
export function robertaProcessing(
  sep: Special,
  cls: Special,
  { trimOffsets = true, addPrefixSpace = true }: { trimOffsets?: boolean; addPrefixSpace?: boolean } = {},
): PostProcessor {
  const templates = templateProcessing(
    `${cls.token} $A ${sep.token}`,
    `${cls.token} $A ${sep.token} ${sep.token} $B ${sep.token}`,
    [sep, cls],
  );
  return {
    ...templates,
    trimsOffsets: trimOffsets,
    toJSON: () => ({
      type: 'RobertaProcessing',
      sep: [sep.token, sep.id],
      cls: [cls.token, cls.id],
      trim_offsets: trimOffsets,
      add_prefix_space: addPrefixSpace,
    }),
  };
}
