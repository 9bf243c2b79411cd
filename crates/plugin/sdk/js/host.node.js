// What stands in Tidegate's place under Node: the fake host of a test, while one runs.

const nobody = () => {
  throw new Error('there is no host here: run the check with runCheck of @tidegate/plugin/testing');
};

export const host = { send: nobody, find: nobody, read: nobody, page: nobody, write: nobody };

export const bare = false;
