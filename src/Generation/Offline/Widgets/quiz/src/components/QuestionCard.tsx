import { useEffect, useId, useRef, useState } from "react";
import { config, type Question } from "../config";
import { shuffled } from "../logic";

interface Props {
  number: number;
  question: Question;
  onDone: (isRight: boolean) => void;
}

/** One question. The first answer counts; then the right one is shown. */
export function QuestionCard({ number, question, onDone }: Props) {
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const [order] = useState(() => shuffled(question.answers.length));
  const [chosen, setChosen] = useState<number | null>(null);
  const count = config.questions.length;
  const isRight = chosen === question.correct;

  useEffect(() => {
    // Not on arrival: a widget does not take the focus from the page around it.
    if (number > 1) {
      heading.current?.focus();
    }
  }, [number]);

  return (
    <>
      <div className="progress">
        <label htmlFor={id}>
          Question {number} of {count}
        </label>
        <progress id={id} value={number - 1} max={count} />
      </div>
      <h3 ref={heading} tabIndex={-1} className="question" dir="auto">
        {question.text}
      </h3>
      <ul className="answers">
        {order.map((answer) => (
          <li key={answer}>
            <button
              type="button"
              className={`button quiet ${chosen === null ? "" : answer === question.correct ? "right" : answer === chosen ? "wrong" : ""}`}
              disabled={chosen !== null}
              onClick={() => setChosen(answer)}
            >
              <span dir="auto">{question.answers[answer]}</span>
            </button>
          </li>
        ))}
      </ul>
      <p className="verdict" role="status">
        {chosen === null ? "" : isRight ? "✓ Right!" : `✗ Not quite. It is: ${question.answers[question.correct] ?? ""}`}
      </p>
      <div className="row">
        <button type="button" className="button" disabled={chosen === null} onClick={() => onDone(isRight)}>
          {config.buttonLabel || (number === count ? "See the result" : "Next")}
        </button>
      </div>
    </>
  );
}
