/** What this widget says and does; the components hold no text of their own that depends on it. */
export interface Question {
  text: string;
  answers: string[];
  correct: number;
}

export interface Config {
  title: string;
  text: string;
  buttonLabel: string;
  questions: Question[];
  topic: string;
}
export const config: Config = {
  title: "Space quiz",
  text: "",
  buttonLabel: "",
  questions: [
    {
      text: "Which planet is the largest?",
      answers: [
        "Saturn",
        "Earth",
        "Jupiter",
      ],
      correct: 2,
    },
    {
      text: "Which planet is closest to the Sun?",
      answers: [
        "Mercury",
        "Venus",
        "Mars",
      ],
      correct: 0,
    },
    {
      text: "What is the Sun?",
      answers: [
        "A planet",
        "A star",
        "A comet",
      ],
      correct: 1,
    },
    {
      text: "In which year did people first land on the Moon?",
      answers: [
        "1959",
        "1969",
        "1979",
      ],
      correct: 1,
    },
    {
      text: "Which galaxy do we live in?",
      answers: [
        "The Milky Way",
        "Andromeda",
        "Triangulum",
      ],
      correct: 0,
    },
  ],
  topic: "Space",
};
