// Loaded before agentx (`node --import`): a wall clock that is a day ahead, a day behind, or right, each time somebody looks.
const now = Date.now;
const dayMs = 86_400_000;
let looks = 0;

Date.now = () => {
  looks += 1;
  return now() + ((looks % 3) - 1) * dayMs;
};
