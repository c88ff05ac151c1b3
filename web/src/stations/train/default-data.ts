/** The data set that the station opens with. */
export const defaultData = 'fashion-mnist';
