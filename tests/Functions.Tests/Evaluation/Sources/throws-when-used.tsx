export default function App() {
  const fail = () => {
    throw new Error("not today");
  };
  return (
    <p>
      <button onClick={fail}>−</button> 5 <button onClick={fail}>+</button>
    </p>
  );
}
