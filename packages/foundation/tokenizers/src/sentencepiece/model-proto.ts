import { BinaryReader } from '@bufbuild/protobuf/wire';

/** What a piece is. */
export const pieceType = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

/** The parts of SentencePiece's `ModelProto` that encoding needs (sentencepiece_model.proto). */
export type ModelProto = {
  pieces: { piece: string; score: number; type: number }[];
  /** 1 unigram, 2 BPE, 3 words, 4 characters. */
  modelType: number;
  byteFallback: boolean;
  whiteSpaceAsSuffix: boolean;
  charsmap: Uint8Array;
  addDummyPrefix: boolean;
  removeExtraWhitespaces: boolean;
  escapeWhitespaces: boolean;
};

/** @throws Error if the bytes are no protocol buffer */
export function readModelProto(bytes: Uint8Array): ModelProto {
  const model: ModelProto = {
    pieces: [],
    modelType: 1,
    byteFallback: false,
    whiteSpaceAsSuffix: false,
    charsmap: new Uint8Array(0),
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
  forEachField(bytes, {
    1(reader) {
      const piece = { piece: '', score: 0, type: pieceType.normal as number };
      forEachField(reader.bytes(), {
        1: (field) => (piece.piece = field.string()),
        2: (field) => (piece.score = field.float()),
        3: (field) => (piece.type = field.int32()),
      });
      model.pieces.push(piece);
    },
    2(reader) {
      forEachField(reader.bytes(), {
        3: (field) => (model.modelType = field.int32()),
        24: (field) => (model.whiteSpaceAsSuffix = field.bool()),
        35: (field) => (model.byteFallback = field.bool()),
      });
    },
    3(reader) {
      forEachField(reader.bytes(), {
        2: (field) => (model.charsmap = field.bytes().slice()),
        3: (field) => (model.addDummyPrefix = field.bool()),
        4: (field) => (model.removeExtraWhitespaces = field.bool()),
        5: (field) => (model.escapeWhitespaces = field.bool()),
      });
    },
  });
  return model;
}

function forEachField(bytes: Uint8Array, handlers: Record<number, (reader: BinaryReader) => void>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [field, wireType] = reader.tag();
    const handler = handlers[field];
    if (handler) handler(reader);
    else reader.skip(wireType, field);
  }
}
