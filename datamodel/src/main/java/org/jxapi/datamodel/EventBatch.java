package org.jxapi.datamodel;

import java.util.List;
import java.util.Map;

/**
 * The answer of {@code event.from}.
 *
 * @param events records of the event class, in the order of the answer
 * @param validRefCounts number of objects by lower-case class name
 * @param token what the next call passes on
 */
public record EventBatch(List<Row<?>> events, Map<String, Integer> validRefCounts, String token) {}
