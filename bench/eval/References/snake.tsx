import { useEffect, useRef, useState } from "react";

const size = 20;
const cell = 16;
const moves: Record<string, [number, number]> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

export default function App() {
  const canvas = useRef<HTMLCanvasElement>(null);
  const direction = useRef<[number, number]>([1, 0]);
  const [snake, setSnake] = useState<[number, number][]>([[5, 5], [4, 5], [3, 5]]);

  useEffect(() => {
    const turn = (event: KeyboardEvent) => {
      direction.current = moves[event.key] ?? direction.current;
    };
    window.addEventListener("keydown", turn);
    const timer = setInterval(() => {
      setSnake((body) => {
        const [x, y] = body[0]!;
        const [dx, dy] = direction.current;
        return [[(x + dx + size) % size, (y + dy + size) % size], ...body.slice(0, -1)];
      });
    }, 150);
    return () => {
      window.removeEventListener("keydown", turn);
      clearInterval(timer);
    };
  }, []);

  useEffect(() => {
    const context = canvas.current!.getContext("2d")!;
    context.fillStyle = "black";
    context.fillRect(0, 0, size * cell, size * cell);
    context.fillStyle = "lime";
    for (const [x, y] of snake) context.fillRect(x * cell, y * cell, cell - 1, cell - 1);
  }, [snake]);

  return <canvas ref={canvas} width={size * cell} height={size * cell} aria-label="Snake" />;
}
