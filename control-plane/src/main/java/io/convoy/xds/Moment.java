package io.convoy.xds;

/**
 * When what a response brings came about, in the timer's nanoseconds.
 *
 * @param changedAt when the registry reported the oldest change in it
 * @param publishedAt when that change was published
 */
record Moment(long changedAt, long publishedAt) {}
