// Counts the connections to the browser's databases that were opened and not closed again.

let asked = 0;
let open = 0;
let tell = () => {};

const { open: openDatabase } = IDBFactory.prototype;

IDBFactory.prototype.open = function counting(...given) {
  const request = openDatabase.apply(this, given);
  asked += 1;
  request.addEventListener('success', () => {
    asked -= 1;
    open += 1;
    const database = request.result;
    const { close } = database;
    database.close = () => {
      open -= 1;
      database.close = close;
      close.call(database);
    };
  });
  request.addEventListener('error', () => { asked -= 1; });
  tell();
  return request;
};

/** A promise, kept as soon as the next connection is asked for, before it is there. */
export const nextConnection = () => new Promise((resolve) => { tell = resolve; });

/** How many connections are there or on their way. */
export const connections = () => asked + open;
