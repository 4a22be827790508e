// expect: output "still here"
export default () => {
  const deeper = () => { try { deeper(); } finally { try { console.log("x"); } catch {} } };
  try { deeper(); } catch {}
  return "still here";
};
