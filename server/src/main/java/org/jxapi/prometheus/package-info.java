/**
 * Numbers for Prometheus: of the host, VMs and repositories from their measurements, of the daemon and its calls, and of
 * Java. They are collected when somebody asks, and have few labels. Their names are stable.
 */
@NullMarked
package org.jxapi.prometheus;

import org.jspecify.annotations.NullMarked;
