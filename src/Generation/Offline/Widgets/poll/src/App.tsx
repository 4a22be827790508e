import { useState } from "react";
import { Ballot } from "./components/Ballot";
import { Frame } from "./components/Frame";
import { Results } from "./components/Results";
import { config } from "./config";
import { addVote } from "./logic";
import "./styles.css";

export default function App() {
  const [votes, setVotes] = useState(() => config.options.map(() => 0));
  const [isVoting, setVoting] = useState(true);
  const vote = (option: number) => {
    setVotes(addVote(votes, option));
    setVoting(false);
  };

  return (
    <Frame>
      <div className="body">
        {isVoting ? <Ballot onVote={vote} /> : <Results votes={votes} onBack={() => setVoting(true)} />}
      </div>
      <p className="note">Votes are counted on this page only, until it is closed.</p>
    </Frame>
  );
}
