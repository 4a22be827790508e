export interface Task {
  id: number;
  text: string;
  done: boolean;
}

export type Action =
  | { type: "add"; text: string }
  | { type: "toggle"; id: number }
  | { type: "remove"; id: number }
  | { type: "clear" };

export const filters = ["All", "Open", "Done"] as const;

export type Filter = (typeof filters)[number];

export function initial(items: string[]): Task[] {
  return items.map((text, id) => ({ id, text, done: false }));
}

export function reduce(tasks: Task[], action: Action): Task[] {
  switch (action.type) {
    case "add":
      return [...tasks, { id: Math.max(-1, ...tasks.map((task) => task.id)) + 1, text: action.text, done: false }];
    case "toggle":
      return tasks.map((task) => (task.id === action.id ? { ...task, done: !task.done } : task));
    case "remove":
      return tasks.filter((task) => task.id !== action.id);
    case "clear":
      return tasks.filter((task) => !task.done);
  }
}

export function shown(tasks: Task[], filter: Filter): Task[] {
  return filter === "All" ? tasks : tasks.filter((task) => task.done === (filter === "Done"));
}
