export default function App() {
  return (
    <p>
      <button>−</button> 5 <button>+</button>
    </p>
  );
}
