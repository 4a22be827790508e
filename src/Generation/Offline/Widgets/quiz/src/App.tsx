import { useState } from "react";
import { Frame } from "./components/Frame";
import { QuestionCard } from "./components/QuestionCard";
import { Score } from "./components/Score";
import { config } from "./config";
import "./styles.css";

export default function App() {
  const [index, setIndex] = useState(0);
  const [points, setPoints] = useState(0);
  const question = config.questions[index];

  return (
    <Frame>
      <div className="body">
        {question === undefined ? (
          <Score
            points={points}
            onRestart={() => {
              setIndex(0);
              setPoints(0);
            }}
          />
        ) : (
          <QuestionCard
            key={index}
            number={index + 1}
            question={question}
            onDone={(isRight) => {
              setPoints(points + (isRight ? 1 : 0));
              setIndex(index + 1);
            }}
          />
        )}
      </div>
    </Frame>
  );
}
