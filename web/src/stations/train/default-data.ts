/** The data set that the station opens on. */
export const defaultData = 'fashion-mnist';
