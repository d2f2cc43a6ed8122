import { drawing, LETTERS } from '../../demo/parties/records.ts';

/** A value that nobody else has, so that wherever it is found, it got there from where it was planted. */
export interface Canary {
  /** Where it was planted, for whoever reads what was found. */
  readonly what: string;
  readonly value: string;
  /** A rule keeps it: answers may hold it, and nothing else. */
  readonly kept: boolean;
}

/** ISO 3779 leaves out I, O and Q; the last characters are digits. */
const VIN_CHARACTERS = 'ABCDEFGHJKLMNPRSTUVWXYZ0123456789';
const SMALL = 'abcdefghijklmnopqrstuvwxyz';

/** Plants values, and remembers what was planted. The same seed plants the same ones. */
export function createPlanting(seed: number) {
  const draw = drawing(seed);
  const planted: Canary[] = [];
  const plant = (what: string, value: string, kept: boolean): string => {
    planted.push({ what, value, kept });
    return value;
  };
  const digits = (length: number) => `${1 + draw.below(9)}${draw.text('0123456789', length - 1)}`;
  return {
    planted: planted as readonly Canary[],
    plant,
    /** Letters without meaning. */
    word: (what: string, kept = false) => plant(what, `zq${draw.text(SMALL, 12)}`, kept),
    digits: (what: string, length = 10, kept = false) => plant(what, digits(length), kept),
    vin: (what: string, kept = false) => plant(what, `ZZ${draw.text(VIN_CHARACTERS, 9)}${digits(6)}`, kept),
    /** Upper-case letters and digits, as in engine numbers and registrations. */
    code: (what: string, length: number, kept = false) =>
      plant(what, `Z${draw.text(`${LETTERS}23456789`, length)}`, kept),
    /** A day as it may be written, each way planted. */
    day: (what: string, year: number) => {
      const [month, day] = [1 + draw.below(12), 13 + draw.below(16)].map((n) => String(n).padStart(2, '0'));
      const ways = {
        ymd: `${year}-${month}-${day}`,
        dmy: `${day}/${month}/${year}`,
        dotted: `${day}.${month}.${year}`,
      };
      for (const way of Object.values(ways)) plant(what, way, false);
      return ways;
    },
  };
}
export type Planting = ReturnType<typeof createPlanting>;

/**
 * A sale as the dealer's service of the example writes it, with a value of its own in every field, declared or not.
 * @param name of the record, for whoever reads what was found.
 * @param answered the record is one that may be answered with: what the page keeps may then stand in an answer.
 */
export function plantedSale(planting: Planting, name: string, answered: boolean) {
  const { word, digits, vin, code, day } = planting;
  const of = (field: string) => `${name}: ${field}`;
  const own = {
    vin: vin(of('vin'), answered),
    engine: code(of('engine'), 11, answered),
    plate: code(of('registration'), 7, answered),
  };
  const born = day(of('born'), 1950 + (own.vin.charCodeAt(5) % 40));
  const sold = day(of('sale date'), 2011);
  const phone = digits(of('phone'));
  const price = digits(of('price'));
  const email = `${word(of('e-mail'))}@${word(of('e-mail domain'))}.example`;
  const colour = word(of('colour'));
  const postcode = word(of('postcode'));
  // The last four digits are those of no bound of a band.
  const mileage = `${digits(of('mileage, first digits'), 5, true)}${1_000 + (Number(price) % 8_000)}`;
  planting.plant(of('mileage'), mileage, false);
  const sale = {
    status: 'sold',
    vehicle: {
      vin: own.vin,
      engineNo: own.engine,
      plate: own.plate,
      make: word(of('make'), answered),
      model: word(of('model'), answered),
      colour,
      radioCode: word(of('undeclared field of the vehicle')),
    },
    customer: {
      fullName: `${word(of('first name'), answered)} ${word(of('surname'), answered)}`,
      dateOfBirth: born.dmy,
      email,
      phone: `+44 ${phone}`,
      address: { postcode: `Z9 ${postcode}`, town: word(of('town'), answered), street: word(of('street')) },
    },
    soldOn: sold.ymd,
    price: Number(price),
    mileage: Number(mileage),
    previousOwners: [{ name: word(of('previous owner'), answered), born: word(of('undeclared field in a list')) }],
    notes:
      `Pays ${price}, rings from ${phone} or 0044 ${phone.slice(1)}, writes from ${email}, born ${born.dotted}, moved to ` +
      `Z9 ${postcode}; wanted it ${colour.toUpperCase()}. The other one, ${vin(of('VIN in the notes'))}, went to ` +
      `${word(of('e-mail in the notes'))}@mail.example, 07${digits(of('telephone in the notes'), 9)}.`,
    internal: { margin: Number(digits(of('undeclared number'))), file: word(of('undeclared text')) },
  };
  return { ...own, sale };
}
export type PlantedSale = ReturnType<typeof plantedSale>;
