// expect: output ["ReferenceError","ReferenceError","ReferenceError","ReferenceError"]
export default async () => Promise.all([
  async () => localStorage.setItem("left", "x"), async () => sessionStorage.setItem("left", "x"), async () => caches.open("left"), async () => indexedDB.open("left"),
].map((attempt) => attempt().catch((error) => error.name)));
