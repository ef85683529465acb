package org.jxapi.hypervisor;

/**
 * The PV part of the build info, {@code libxl_domain_build_info.u.pv}.
 *
 * @param slackMemkb KiB
 * @param features ELF features to ask for
 * @param e820Host whether to use the host's memory map
 */
public record PvInfo(Long slackMemkb, String features, Boolean e820Host) {}
