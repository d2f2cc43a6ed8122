import type { Dataset } from '../domain/dataset.ts';
import type { JsonObject, JsonValue } from '../domain/json.ts';
import type { Operation } from '../domain/operation.ts';
import type { Shape } from '../exchange.ts';
import { createSourceShape } from '../treat/source-shape.ts';

/**
 * The answer as the holder would write it: the records where the connector finds them, each built from nothing by the
 * mapping backwards, and nothing else of what the holder's answers carry. At output level `hit` one record without
 * fields stands for any number of them. An answer `none` is the operation's declared empty form.
 * @throws TypeError where the dataset is not one that operations can be declared for.
 */
export function holderShape(dataset: Dataset, { form, empty }: Operation): Shape {
  if (dataset.connector.kind !== 'http') throw new TypeError(`${dataset.id} has no interface of its own`);
  const { records: place } = dataset.connector;
  const back = createSourceShape(dataset.fields);
  const none = JSON.stringify(empty.body);
  return ([leg]) => {
    if (leg?.state === 'none') return none;
    if (leg?.state !== 'released') return null;
    const records = leg.records === undefined ? [{}] : leg.records.map(back);
    return JSON.stringify(placed(place, form === 'record' ? alone(records) : records));
  };
}

/** Never one of several: what the outputs finding let through leaves whole. */
function alone(records: readonly JsonObject[]): JsonValue {
  const [only, ...more] = records;
  return only === undefined || more.length > 0 ? records : only;
}

function placed(place: string, value: JsonValue): JsonValue {
  if (place === '') return value;
  return place.split('.').reduceRight<JsonValue>((inner, key) => Object.fromEntries([[key, inner]]), value);
}
