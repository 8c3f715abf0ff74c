/** Negative when `one` comes first. */
export type Compare<T> = (one: T, other: T) => number;

const insertionSortThreshold = 16;

/**
 * Sorts in place exactly as .NET's `List<T>.Sort` does, which is not stable: what compares equal ends in the order of
 * its algorithm (introspective sort). Antiforgery hashes claims in that order, so several claims of one type must come
 * out in it too.
 */
export function sortAsDotnet<T>(items: T[], compare: Compare<T>): void {
  if (items.length > 1) introSort(items, 0, items.length, 2 * Math.floor(Math.log2(items.length)) + 2, compare);
}

function introSort<T>(items: T[], start: number, end: number, depthLimit: number, compare: Compare<T>): void {
  while (end - start > 1) {
    const size = end - start;
    if (size === 2) return orderPair(items, start, start + 1, compare);
    if (size === 3) return orderThree(items, start, start + 1, start + 2, compare);
    if (size <= insertionSortThreshold) return insertionSort(items, start, end, compare);
    if (depthLimit === 0) return heapSort(items, start, size, compare);
    depthLimit--;
    const pivot = partition(items, start, end - 1, compare);
    introSort(items, pivot + 1, end, depthLimit, compare);
    end = pivot;
  }
}

/** Around the median of three, which stands before the last at first. @returns where it ends */
function partition<T>(items: T[], low: number, high: number, compare: Compare<T>): number {
  const middle = low + ((high - low) >> 1);
  orderThree(items, low, middle, high, compare);
  const pivot = items[middle] as T;
  swap(items, middle, high - 1);
  let [left, right] = [low, high - 1];
  while (left < right) {
    while (compare(items[++left] as T, pivot) < 0);
    while (compare(pivot, items[--right] as T) < 0);
    if (left >= right) break;
    swap(items, left, right);
  }
  if (left !== high - 1) swap(items, left, high - 1);
  return left;
}

function insertionSort<T>(items: T[], start: number, end: number, compare: Compare<T>): void {
  for (let next = start + 1; next < end; next++) {
    const item = items[next] as T;
    let place = next;
    for (; place > start && compare(item, items[place - 1] as T) < 0; place--) items[place] = items[place - 1] as T;
    items[place] = item;
  }
}

function heapSort<T>(items: T[], start: number, size: number, compare: Compare<T>): void {
  for (let root = size >> 1; root >= 1; root--) siftDown(items, start, root, size, compare);
  for (let last = size; last > 1; last--) {
    swap(items, start, start + last - 1);
    siftDown(items, start, 1, last - 1, compare);
  }
}

/** Places count from 1. */
function siftDown<T>(items: T[], start: number, root: number, size: number, compare: Compare<T>): void {
  const at = (place: number): T => items[start + place - 1] as T;
  const item = at(root);
  let place = root;
  while (place <= size >> 1) {
    let child = 2 * place;
    if (child < size && compare(at(child), at(child + 1)) < 0) child++;
    if (compare(item, at(child)) >= 0) break;
    items[start + place - 1] = at(child);
    place = child;
  }
  items[start + place - 1] = item;
}

function orderThree<T>(items: T[], one: number, two: number, three: number, compare: Compare<T>): void {
  orderPair(items, one, two, compare);
  orderPair(items, one, three, compare);
  orderPair(items, two, three, compare);
}

function orderPair<T>(items: T[], one: number, other: number, compare: Compare<T>): void {
  if (compare(items[one] as T, items[other] as T) > 0) swap(items, one, other);
}

function swap<T>(items: T[], one: number, other: number): void {
  [items[one], items[other]] = [items[other] as T, items[one] as T];
}
