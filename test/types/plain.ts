/** A value with everything that a branded type has, except the brand: only for that may it be refused. */
export type Plain<T> = { readonly [K in keyof T as K extends string ? K : never]: T[K] };
