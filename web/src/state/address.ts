/** Milliseconds from a change of the state to the address: browsers limit how often it may change. */
export const addressDelay = 200;
