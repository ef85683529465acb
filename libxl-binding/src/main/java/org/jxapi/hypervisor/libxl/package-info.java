/**
 * The hypervisor through the libxl that the host has installed, and through libxenstore. It passes structures as
 * libxl's own JSON, so no layout is written down and one build serves Xen 4.14 to 4.20.
 */
@NullMarked
package org.jxapi.hypervisor.libxl;

import org.jspecify.annotations.NullMarked;
