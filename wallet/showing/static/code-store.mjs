// What the phone keeps for the code: its own key, which no script can read out, and the codes' material of the day.
// One database, deleted whole when the person signs out, acts for somebody else, or is somebody else.

const NAME = "elicence-code";
const STORE = "kept";

let opened = null;

const open = () => {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE);
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
      // Whoever deletes the database must not wait for this page.
      asked.result.onversionchange = () => {
        asked.result.close();
        opened = null;
      };
      done(asked.result);
    };
  });
  return opened;
};

const run = async (mode, work) => {
  const database = await open();
  return new Promise((done, failed) => {
    const transaction = database.transaction(STORE, mode);
    const asked = work(transaction.objectStore(STORE));
    transaction.oncomplete = () => done(asked.result);
    transaction.onerror = transaction.onabort = () => failed(transaction.error);
  });
};

/** What is kept under a name, or undefined. */
export const read = (name) => run("readonly", (store) => store.get(name));

/** Keep a value under a name. */
export const write = (name, value) => run("readwrite", (store) => store.put(value, name));

/** Forget everything. */
export const forget = async () => {
  if (opened) (await opened).close();
  opened = null;
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });
};
