const AT_ONCE = 16;

/** Asks all, some at a time; answers in the order of the questions. */
export async function inTurns<Q, A>(questions: readonly Q[], answer: (question: Q) => Promise<A>): Promise<A[]> {
  const answers = new Array<A>(questions.length);
  let next = 0;
  const work = async () => {
    for (let i = next++; i < questions.length; i = next++) {
      const asked = questions[i];
      if (asked !== undefined) answers[i] = await answer(asked);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}
