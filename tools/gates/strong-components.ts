/** Edges of a directed graph; a node without a key has none. */
export type Graph = ReadonlyMap<string, Iterable<string>>;

/** Tarjan's algorithm: groups of nodes that all reach each other, single nodes included. */
export function strongComponents(graph: Graph): readonly (readonly string[])[] {
  const index = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const components: string[][] = [];

  const visit = (node: string): number => {
    const own = index.size;
    let lowest = own;
    index.set(node, own);
    stack.push(node);
    onStack.add(node);
    for (const next of graph.get(node) ?? []) {
      const seen = index.get(next);
      if (seen === undefined) lowest = Math.min(lowest, visit(next));
      else if (onStack.has(next)) lowest = Math.min(lowest, seen);
    }
    if (lowest === own) {
      const component = stack.splice(stack.indexOf(node));
      for (const member of component) onStack.delete(member);
      components.push(component);
    }
    return lowest;
  };

  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return components;
}

/** A shortest way from `start` back to itself, both ends included; undefined when there is none. */
export function shortestCycle(graph: Graph, start: string): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const next of graph.get(node) ?? []) {
      if (next === start) {
        const path = [start, node];
        while (path.at(-1) !== start) path.push(cameFrom.get(path.at(-1) ?? start) ?? start);
        return path.toReversed();
      }
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  return undefined;
}
