import fc from 'fast-check';
import { expect, test } from 'vitest';
import { digestOf } from '../../src/domain/digest.ts';
import { receiptFor, receiptText } from '../../src/ledger/receipt.ts';

const texts = fc.string({ unit: 'binary' });

test('the text of a receipt says what the receipt says, in ASCII, whichever checkpoint was told before', () => {
  fc.assert(
    fc.property(fc.nat(), texts, fc.array(texts), texts, texts, (index, checkpoint, proof, entry, salt) => {
      const receipt = receiptFor(
        { index, checkpoint: `${checkpoint}\n\u2014 log sig\n`, proof, entry, salt },
        digestOf(entry),
      );
      const text = receiptText({ ...receipt, proof: [], entry: 'entry', salt: 'salt' });
      expect(text).toMatch(/^[\x20-\x7e]*$/);
      expect(JSON.parse(receiptText(receipt))).toEqual(JSON.parse(JSON.stringify(receipt)));
    }),
  );
});
