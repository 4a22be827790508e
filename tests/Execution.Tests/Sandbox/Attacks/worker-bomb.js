// expect: Threw
// message: ReferenceError: Worker is not defined
export default () => { for (;;) new Worker("data:application/javascript,for(;;);", { type: "module" }); };
