import {
  byteLevelPostProcessor,
  type PostProcessor,
  postProcessorSequence,
  type TemplatePart,
} from '../post-processors/post-processor.ts';
import {
  bertProcessing,
  robertaProcessing,
  templateProcessor,
} from '../post-processors/template-processing.ts';
import { type ComponentReaders, readComponent } from './component-readers.ts';
import { type Fields, isCount } from './fields.ts';

const readers: ComponentReaders<PostProcessor> = {
  ByteLevel: (fields) => byteLevelPostProcessor({ trimOffsets: fields.boolean('trim_offsets', true) }),
  BertProcessing: (fields) => bertProcessing(special(fields, 'sep'), special(fields, 'cls')),
  RobertaProcessing: (fields) =>
    robertaProcessing(special(fields, 'sep'), special(fields, 'cls'), {
      trimOffsets: fields.boolean('trim_offsets', true),
      addPrefixSpace: fields.boolean('add_prefix_space', true),
    }),
  TemplateProcessing: (fields) => templateProcessor(template(fields, 'single'), template(fields, 'pair')),
  Sequence: (fields) =>
    postProcessorSequence(
      fields.objects('processors').map((stage) => readComponent('post-processor', stage, readers)),
    ),
};

export function readPostProcessor(fields: Fields): PostProcessor {
  return readComponent('post-processor', fields, readers);
}

function special(fields: Fields, name: string): { token: string; id: number } {
  const [token, id] = fields.list(name);
  if (typeof token !== 'string' || !isCount(id)) throw fields.error(name, 'a token and its id');
  return { token, id };
}

function template(fields: Fields, name: 'single' | 'pair'): TemplatePart[] {
  return fields.objects(name).map((part): TemplatePart => {
    if (part.get('Sequence') !== undefined) {
      const sequence = part.object('Sequence');
      return { sequence: sequence.oneOf('id', ['A', 'B']), typeId: sequence.count('type_id', 0) };
    }
    const token = part.object('SpecialToken');
    const id = token.string('id');
    const entry = fields.object('special_tokens').object(id);
    const ids = entry.list('ids');
    if (!ids.every(isCount)) throw entry.error('ids', 'a list of ids');
    return { id, ids, tokens: entry.list('tokens').map(String), typeId: token.count('type_id', 0) };
  });
}
