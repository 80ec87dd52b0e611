"""Golden tokens by Hugging Face's tokenizers (Rust) and SentencePiece (C++).

Needs `pip install tokenizers==0.22.2 sentencepiece==0.2.2` (no PyTorch). Writes hugging-face.reference.json and
sentencepiece.reference.json beside the tests of packages/foundation/tokenizers.
"""
import base64
import io
import json
import pathlib
import sys
import tempfile

import sentencepiece
from tokenizers import (AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors,
                        trainers)

FOLDER = pathlib.Path(__file__).parents[2] / 'packages/foundation/tokenizers/src'

TEXT = """The little tokenizers tokenize little texts, and the longest text is tokenized little by little.
She sells 1,234 sea shells; he'll sell 56 shells by the sea-shore, won't he?
Ein Öl für die Tür, naïve café, Ångström, co-operate, ﬁne ﬂows, ½ of ² and Ⅳ.
Слово за слово; ελληνικά γράμματα, σοφός ΣΟΦΟΣ. 東京都に住む。 한국어 조각. नमस्ते दुनिया. שָׁלוֹם. مرحبا.
the the the a a an and tokens tokens token text texts sea seas shore shores
"""

CASES = [
    '', ' ', '  ', '\n', 'a', 'The little tokenizers', "she'll won't I'VE 'tis", '  two  spaces  ', ' lead', 'trail ',
    'a\n\nb\r\nc\td', 'unseen zebra quux', '1234567 12.5 ½ ² Ⅳ', 'naïve café', 'nai\u0308ve cafe\u0301 A\u030angstro\u0308m',
    'ﬁne ﬂows ﬃ', 'ΣΟΦΟΣ İstanbul ẞ', '東京都に住む。東京', '한국어 조각', '한국어',
    'नमस्ते दुनिया', 'שָׁלוֹם עולם', 'مرحبا', '😀 👩‍👩‍👧 🇩🇪', 'a😀b', '\ufeffbom \u200bzero\u00adwidth\u2060', 'x\u0000y\u0007z\u0085w\u00a0v\u3000u\u2028t',
    '<s>', 'a <s> b', 'a<s>b', '[MASK]', 'the  [MASK]  sea', 'seaside [CLS] x [SEP]', 'thing THING things', '\ufffd', '~!@#$%^&*()_+`-={}[]:";<>?,./',
    'ÄÖÜ äöü', 'a' * 130, 'the' * 40, ' \u0301combining', 'e\u0301\u0301', 'ｶﾞ ｱｲｳ ＡＢＣ', '▁the▁sea', '\u2581', 'end\n', '\n start',
]


def trained(model, trainer, **stages):
    tokenizer = Tokenizer(model)
    for name, stage in stages.items():
        setattr(tokenizer, name, stage)
    tokenizer.train_from_iterator(TEXT.splitlines(keepends=True), trainer)
    return tokenizer


def bpe(size=420, special=('<unk>', '<s>'), **options):
    return trainers.BpeTrainer(vocab_size=size, special_tokens=list(special), show_progress=False, **options)


def tokenizers_by_name():
    byte = pre_tokenizers.ByteLevel.alphabet()
    found = {}
    found['gpt2'] = trained(
        models.BPE(), bpe(330, ('<|endoftext|>',), initial_alphabet=byte),
        pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=False),
        post_processor=processors.ByteLevel(trim_offsets=False), decoder=decoders.ByteLevel())
    roberta = trained(
        models.BPE(), bpe(330, ('<s>', '<pad>', '</s>', '<unk>', '<mask>'), initial_alphabet=byte),
        normalizer=normalizers.NFC(),
        pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True), decoder=decoders.ByteLevel())
    roberta.post_processor = processors.RobertaProcessing(('</s>', 2), ('<s>', 0), trim_offsets=True, add_prefix_space=True)
    found['roberta'] = roberta
    llama3 = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
              r"\s+(?!\S)|\s+")
    found['llama3'] = trained(
        models.BPE(ignore_merges=True), bpe(330, ('<s>',), initial_alphabet=byte),
        pre_tokenizer=pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(llama3), 'isolated'), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]),
        decoder=decoders.ByteLevel())
    bert = trained(
        models.WordPiece(unk_token='[UNK]'),
        trainers.WordPieceTrainer(vocab_size=260, special_tokens=['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'], show_progress=False),
        normalizer=normalizers.BertNormalizer(), pre_tokenizer=pre_tokenizers.BertPreTokenizer(), decoder=decoders.WordPiece())
    bert.post_processor = processors.TemplateProcessing(
        single='[CLS] $A [SEP]', pair='[CLS] $A [SEP] $B:1 [SEP]:1', special_tokens=[('[CLS]', 2), ('[SEP]', 3)])
    bert.add_special_tokens([AddedToken('[MASK]', lstrip=True, special=True)])
    bert.add_tokens([AddedToken('thing', single_word=True, normalized=True), AddedToken('sea', rstrip=True, normalized=False)])
    found['bert'] = bert
    found['bert-cased'] = trained(
        models.WordPiece(unk_token='[UNK]'),
        trainers.WordPieceTrainer(vocab_size=260, special_tokens=['[UNK]'], show_progress=False),
        normalizer=normalizers.BertNormalizer(lowercase=False, clean_text=True, strip_accents=None),
        pre_tokenizer=pre_tokenizers.BertPreTokenizer(), decoder=decoders.WordPiece(cleanup=False))
    llama2 = trained(
        models.BPE(unk_token='<unk>', fuse_unk=True, byte_fallback=True),
        bpe(430, ('<unk>', '<s>', '</s>', *(f'<0x{b:02X}>' for b in range(256)))),
        normalizer=normalizers.Sequence([normalizers.Prepend('▁'), normalizers.Replace(' ', '▁')]),
        pre_tokenizer=pre_tokenizers.Split('▁', 'merged_with_next'))
    llama2.pre_tokenizer = None
    llama2.decoder = decoders.Sequence([decoders.Replace('▁', ' '), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(' ', 1, 0)])
    llama2.post_processor = processors.TemplateProcessing(single='<s> $A', pair='<s> $A <s>:1 $B:1', special_tokens=[('<s>', 1)])
    # Its bytes are tokens of the model, not special ones.
    plain = json.loads(llama2.to_str())
    plain['added_tokens'] = [token for token in plain['added_tokens'] if not token['content'].startswith('<0x')]
    found['llama2'] = Tokenizer.from_str(json.dumps(plain))
    unigram = dict(show_progress=False, unk_token='<unk>', vocab_size=260)
    t5 = trained(
        models.Unigram(), trainers.UnigramTrainer(special_tokens=['<pad>', '</s>', '<unk>'], **unigram),
        normalizer=normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(' {2,}'), ' ')]),
        pre_tokenizer=pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()]),
        decoder=decoders.Metaspace())
    t5.post_processor = processors.TemplateProcessing(single='$A </s>', pair='$A </s> $B </s>', special_tokens=[('</s>', 1)])
    found['t5'] = t5
    found['unigram'] = trained(
        models.Unigram(), trainers.UnigramTrainer(special_tokens=['<unk>', '<s>'], **unigram),
        pre_tokenizer=pre_tokenizers.Metaspace(prepend_scheme='first'), decoder=decoders.Metaspace(prepend_scheme='first'))
    found['suffix'] = trained(
        models.BPE(unk_token='<unk>', end_of_word_suffix='</w>'), bpe(end_of_word_suffix='</w>'),
        normalizer=normalizers.Sequence([normalizers.NFD(), normalizers.Lowercase(), normalizers.StripAccents(), normalizers.Strip()]),
        pre_tokenizer=pre_tokenizers.Whitespace(), decoder=decoders.BPEDecoder())
    found['words'] = trained(
        models.WordLevel(unk_token='<unk>'), trainers.WordLevelTrainer(special_tokens=['<unk>'], show_progress=False),
        normalizer=normalizers.NFKD(),
        pre_tokenizer=pre_tokenizers.Sequence([
            pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Punctuation('contiguous'), pre_tokenizers.Digits(individual_digits=True)]))
    found['splits'] = trained(
        models.WordLevel(unk_token='<unk>'), trainers.WordLevelTrainer(special_tokens=['<unk>'], show_progress=False),
        pre_tokenizer=pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r'\b(?=[a-e])'), 'isolated'), pre_tokenizers.Split(Regex(r'[aeiou]+?t|\d{2}|[^\x00-\x7F&&[^é]]'), 'merged_with_previous'),
            pre_tokenizers.CharDelimiterSplit('-'), pre_tokenizers.Split(' ', 'merged_with_next'), pre_tokenizers.Digits(),
            pre_tokenizers.Split(Regex('[[:punct:]]'), 'removed', invert=False)]))
    return found


def encoded(encoding, text):
    units = [0]
    for character in text:
        units.append(units[-1] + (2 if ord(character) > 0xFFFF else 1))
    return {'ids': encoding.ids, 'offsets': [[units[a], units[b]] for a, b in encoding.offsets]}


def hugging_face(texts):
    result = []
    for name, tokenizer in tokenizers_by_name().items():
        cases = []
        for text in texts:
            encoding = tokenizer.encode(text)
            cases.append({**encoded(encoding, text), 'words': [-1 if w is None else w for w in encoding.word_ids],
                          'decoded': tokenizer.decode(encoding.ids, skip_special_tokens=False)})
        pair = tokenizer.encode('The sea', 'the shore is')
        tokenizer.enable_truncation(9, stride=1)
        cut = tokenizer.encode('The little tokenizers tokenize')
        cut_pair = tokenizer.encode('The little tokenizers', 'tokenize texts by the sea')
        tokenizer.no_truncation()
        result.append({
            'name': name, 'file': json.loads(tokenizer.to_str()), 'cases': cases,
            'pair': {'ids': pair.ids, 'typeIds': pair.type_ids},
            'truncated': {'ids': cut.ids, 'overflowing': [window.ids for window in cut.overflowing]},
            'truncatedPair': {'ids': cut_pair.ids, 'typeIds': cut_pair.type_ids},
        })
    return {'texts': texts, 'tokenizers': result}


def sentence_piece(texts, built_in=False):
    result = []
    # A table of its own: the built-in ones are large.
    rules = tempfile.NamedTemporaryFile('w', suffix='.tsv')
    for source, target in (('ﬁ', 'fi'), ('ﬂ', 'fl'), ('e\u0301', 'é'), ('\t', ' '), ('\u3000', ' '), ('Å', 'A'), ('½', '1/2'), ('ab', 'x')):
        rules.write(' '.join(f'{ord(c):X}' for c in source) + '\t' + ' '.join(f'{ord(c):X}' for c in target) + '\n')
    rules.flush()
    large = {
        'nmt_nfkc': {'normalization_rule_name': 'nmt_nfkc'},
        'no prefix': {'normalization_rule_name': 'nmt_nfkc_cf', 'add_dummy_prefix': False},
    }
    for name, options in {
        **(large if built_in else {}),
        'rules': {'normalization_rule_tsv': rules.name},
        'identity': {'normalization_rule_name': 'identity', 'remove_extra_whitespaces': False},
        'bytes': {'normalization_rule_name': 'identity', 'byte_fallback': True, 'user_defined_symbols': 'sea', 'vocab_size': 500},
        'no prefix, as it is': {
            'normalization_rule_name': 'identity', 'add_dummy_prefix': False, 'remove_extra_whitespaces': False},
    }.items():
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(TEXT.splitlines()), model_writer=model,
            **{'vocab_size': 250, 'hard_vocab_limit': False, 'minloglevel': 2, **options})
        processor = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        texts_here = [text for text in texts if '<s>' not in text]
        result.append({
            'name': name, 'model': base64.b64encode(model.getvalue()).decode(),
            'cases': [{'text': text, 'ids': processor.encode(text), 'decoded': processor.decode(processor.encode(text))} for text in texts_here],
            'nBest': {'text': 'shells', 'pieces': processor.nbest_encode_as_pieces('shells', 4)},
        })
    return {'models': result}


if __name__ == '__main__':
    if len(sys.argv) > 1:  # another list of texts, for a look at more of them
        print(json.dumps({'hf': hugging_face(json.load(open(sys.argv[1]))), 'sp': sentence_piece(json.load(open(sys.argv[1])), True)}))
    else:
        for file, value in (('hugging-face', hugging_face(CASES)), ('sentencepiece', sentence_piece(CASES))):
            (FOLDER / f'{file}.reference.json').write_text(json.dumps(value, ensure_ascii=False) + '\n')
