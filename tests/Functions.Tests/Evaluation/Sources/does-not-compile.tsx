export default function App() {
  return <p>{missing}</p>;
}
