/**
 * Made-up sales records of dealers that do not exist. Nobody in them lives: surnames are plainly invented, telephone
 * numbers come from the range kept for drama, mail addresses from RFC 2606, registrations and postcodes from letters
 * never issued, and the VINs begin with 0, which ISO 3780 gives to no region of the world.
 */
export interface DealerRecord {
  readonly vehicle: {
    readonly vin: string;
    readonly engineNo: string;
    readonly registration: string;
    readonly make: string;
    readonly model: string;
    readonly colour: string;
  };
  readonly buyer: {
    readonly name: string;
    /** `YYYY-MM-DD`, as all dates here. */
    readonly born: string;
    readonly email: string;
    readonly phone: string;
    readonly address: { readonly street: string; readonly postcode: string; readonly town: string };
  };
  readonly sale: {
    readonly date: string;
    readonly price: number;
    readonly currency: 'GBP';
    /** Kilometres. */
    readonly mileage: number;
  };
  /** Oldest first; the last is the buyer, who has no `to`. */
  readonly owners: readonly { readonly name: string; readonly from: string; readonly to: string | null }[];
  readonly notes: string | null;
}

const MAKES = [
  { make: 'Tessel', wmi: '0TS', models: ['Arc', 'Arc Estate', 'Plinth'] },
  { make: 'Harrowby', wmi: '0HB', models: ['Moor', 'Dale'] },
  { make: 'Kestor', wmi: '0KR', models: ['K2', 'K4 Van', 'K7'] },
  { make: 'Brindle', wmi: '0BN', models: ['Otter', 'Stoat', 'Marten'] },
] as const;
const COLOURS = ['black', 'white', 'silver', 'blue', 'red', 'green'];
export const FIRST_NAMES = [
  'Ada',
  'Bram',
  'Cora',
  'Dirk',
  'Elin',
  'Femi',
  'Greta',
  'Hugo',
  'Ines',
  'Joost',
  'Kaya',
  'Lars',
];
export const SURNAMES = [
  'Testwood',
  'Samplely',
  'Mockridge',
  'Fauxley',
  'Demoworth',
  'Exampleby',
  'Fictson',
  'Placeholm',
];
const STREETS = ['Sample Street', 'Demo Lane', 'Specimen Road', 'Fiction Row'];
const TOWNS = ['Exampleton', 'Testbury', 'Samplewick', 'Mockham'];
const NOTES = [
  'Wants the winter tyres fitted; call first.',
  'Part exchange agreed; "as seen".',
  'Collected by a friend, number on file 01632 960111.',
  'Invoice sent to accounts@example.org; paid in full.',
];

/** ISO 3779 leaves out I, O and Q. */
const VIN_ALPHABET = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
export const LETTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ';
const TRANSLITERATED: Readonly<Record<string, number>> = Object.fromEntries(
  [...'ABCDEFGH', ...'JKLMN', 'P', 'R', ...'STUVWXYZ'].map((letter, i) => [
    letter,
    [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9][i] ?? 0,
  ]),
);
const WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/** Ninth character of a VIN (49 CFR 565.15(c)), whatever stands there now. @param vin 17 characters */
export function checkDigit(vin: string): string {
  const sum = [...vin].reduce((total, c, i) => total + (TRANSLITERATED[c] ?? Number(c)) * (WEIGHTS[i] ?? 0), 0);
  return sum % 11 === 10 ? 'X' : String(sum % 11);
}

/** Numbers in [0, 1) that depend on the seed alone: the "mulberry32" generator. Not for secrets. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Draws from one stream of numbers. */
export function drawing(seed: number) {
  const next = seeded(seed);
  const below = (n: number) => Math.floor(next() * n);
  const pick = <T>(from: ArrayLike<T> & Iterable<T>): T => {
    const found = from[below(from.length)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  };
  const text = (alphabet: string, length: number) => Array.from({ length }, () => pick(alphabet)).join('');
  const digits = (length: number) => text('0123456789', length);
  const day = (fromYear: number, years: number) =>
    new Date(Date.UTC(fromYear, 0, 1 + below(years * 365))).toISOString().slice(0, 10);
  return { below, pick, text, digits, day };
}
type Drawing = ReturnType<typeof drawing>;

function vin(draw: Drawing, wmi: string, serial: number): string {
  const open = `${wmi}${draw.text(VIN_ALPHABET, 5)}0${draw.pick('EFGHJKLMNPRS')}${draw.pick(LETTERS)}${String(serial).padStart(6, '0')}`;
  return open.slice(0, 8) + checkDigit(open) + open.slice(9);
}

function ownersUntil(draw: Drawing, sold: string, buyer: string): DealerRecord['owners'] {
  const last = { name: buyer, from: sold, to: null };
  if (draw.below(3) === 0) return [last];
  const earlier = { name: `${draw.pick(FIRST_NAMES)} ${draw.pick(SURNAMES)}`, from: draw.day(2008, 6), to: sold };
  return [earlier, last];
}

function dealerRecord(draw: Drawing, number: number): DealerRecord {
  const { make, wmi, models } = draw.pick(MAKES);
  const [first, surname] = [draw.pick(FIRST_NAMES), draw.pick(SURNAMES)];
  const date = draw.day(2015, 10);
  return {
    vehicle: {
      vin: vin(draw, wmi, number),
      engineNo: `${wmi.slice(1)}${draw.pick('2468')}${draw.digits(3)}${String(number).padStart(4, '0')}`,
      registration: `Z${draw.pick(LETTERS)}${draw.digits(2)} ${draw.text(LETTERS, 3)}`,
      make,
      model: draw.pick<string>(models),
      colour: draw.pick(COLOURS),
    },
    buyer: {
      name: `${first} ${surname}`,
      born: draw.day(1948, 54),
      email: `${first}.${surname}${number}@example.org`.toLowerCase(),
      phone: `01632 960${draw.digits(3)}`,
      address: {
        street: `${1 + draw.below(180)} ${draw.pick(STREETS)}`,
        postcode: `ZZ${1 + draw.below(99)} ${draw.below(10)}${draw.text(LETTERS, 2)}`,
        town: draw.pick(TOWNS),
      },
    },
    sale: { date, price: 900 + draw.below(600) * 50, currency: 'GBP', mileage: draw.below(190_000) },
    owners: ownersUntil(draw, date, `${first} ${surname}`),
    notes: draw.below(4) === 0 ? draw.pick(NOTES) : null,
  };
}

/** The same records for the same seed, so that whoever knows the seed knows which VIN is where. */
export function dealerRecords(seed: number, count: number): readonly DealerRecord[] {
  const draw = drawing(seed);
  return Array.from({ length: count }, (_, i) => dealerRecord(draw, i + 1));
}
