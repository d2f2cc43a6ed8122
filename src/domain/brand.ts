declare const brand: unique symbol;

/** A type that plain data does not have. The one cast that makes it stands in the one file that may make it. */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
