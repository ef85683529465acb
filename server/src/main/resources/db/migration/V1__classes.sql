CREATE TABLE "subject" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "subject_identifier" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "roles" CHARACTER VARYING NOT NULL
);

CREATE TABLE "role" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "subroles" CHARACTER VARYING NOT NULL,
    "is_internal" BOOLEAN NOT NULL
);

CREATE TABLE "task" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "created" CHARACTER VARYING NOT NULL,
    "finished" CHARACTER VARYING NOT NULL,
    "status" CHARACTER VARYING NOT NULL,
    "resident_on" CHARACTER VARYING NOT NULL,
    "progress" DOUBLE PRECISION NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "result" CHARACTER VARYING NOT NULL,
    "error_info" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "subtask_of" CHARACTER VARYING NOT NULL,
    "backtrace" CHARACTER VARYING NOT NULL,
    "session" CHARACTER VARYING NOT NULL,
    "externalpid" BIGINT NOT NULL,
    "stunnelpid" BIGINT NOT NULL,
    "forwarded" BOOLEAN NOT NULL,
    "forwarded_to" CHARACTER VARYING NOT NULL
);

CREATE TABLE "pool" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "master" CHARACTER VARYING NOT NULL,
    "default_SR" CHARACTER VARYING NOT NULL,
    "suspend_image_SR" CHARACTER VARYING NOT NULL,
    "crash_dump_SR" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "ha_enabled" BOOLEAN NOT NULL,
    "ha_configuration" CHARACTER VARYING NOT NULL,
    "ha_statefiles" CHARACTER VARYING NOT NULL,
    "ha_host_failures_to_tolerate" BIGINT NOT NULL,
    "ha_plan_exists_for" BIGINT NOT NULL,
    "ha_allow_overcommit" BOOLEAN NOT NULL,
    "ha_overcommitted" BOOLEAN NOT NULL,
    "blobs" CHARACTER VARYING NOT NULL,
    "tags" CHARACTER VARYING NOT NULL,
    "gui_config" CHARACTER VARYING NOT NULL,
    "health_check_config" CHARACTER VARYING NOT NULL,
    "wlb_url" CHARACTER VARYING NOT NULL,
    "wlb_username" CHARACTER VARYING NOT NULL,
    "wlb_enabled" BOOLEAN NOT NULL,
    "wlb_verify_cert" BOOLEAN NOT NULL,
    "redo_log_enabled" BOOLEAN NOT NULL,
    "redo_log_vdi" CHARACTER VARYING NOT NULL,
    "vswitch_controller" CHARACTER VARYING NOT NULL,
    "restrictions" CHARACTER VARYING NOT NULL,
    "ha_cluster_stack" CHARACTER VARYING NOT NULL,
    "guest_agent_config" CHARACTER VARYING NOT NULL,
    "cpu_info" CHARACTER VARYING NOT NULL,
    "policy_no_vendor_device" BOOLEAN NOT NULL,
    "live_patching_disabled" BOOLEAN NOT NULL,
    "igmp_snooping_enabled" BOOLEAN NOT NULL,
    "uefi_certificates" CHARACTER VARYING NOT NULL,
    "custom_uefi_certificates" CHARACTER VARYING NOT NULL,
    "is_psr_pending" BOOLEAN NOT NULL,
    "tls_verification_enabled" BOOLEAN NOT NULL,
    "repositories" CHARACTER VARYING NOT NULL,
    "client_certificate_auth_enabled" BOOLEAN NOT NULL,
    "client_certificate_auth_name" CHARACTER VARYING NOT NULL,
    "repository_proxy_url" CHARACTER VARYING NOT NULL,
    "repository_proxy_username" CHARACTER VARYING NOT NULL,
    "repository_proxy_password" CHARACTER VARYING NOT NULL,
    "migration_compression" BOOLEAN NOT NULL,
    "coordinator_bias" BOOLEAN NOT NULL,
    "local_auth_max_threads" BIGINT NOT NULL,
    "ext_auth_max_threads" BIGINT NOT NULL,
    "ext_auth_cache_enabled" BOOLEAN NOT NULL,
    "ext_auth_cache_size" BIGINT NOT NULL,
    "ext_auth_cache_expiry" BIGINT NOT NULL,
    "telemetry_uuid" CHARACTER VARYING NOT NULL,
    "telemetry_frequency" CHARACTER VARYING NOT NULL,
    "telemetry_next_collection" CHARACTER VARYING NOT NULL,
    "last_update_sync" CHARACTER VARYING NOT NULL,
    "update_sync_frequency" CHARACTER VARYING NOT NULL,
    "update_sync_day" BIGINT NOT NULL,
    "update_sync_enabled" BOOLEAN NOT NULL,
    "recommendations" CHARACTER VARYING NOT NULL,
    "license_server" CHARACTER VARYING NOT NULL,
    "ha_reboot_vm_on_internal_shutdown" BOOLEAN NOT NULL,
    "limit_console_sessions" BOOLEAN NOT NULL,
    "vm_console_idle_timeout" BIGINT NOT NULL,
    "auto_update_vm_secureboot_certificates" BOOLEAN NOT NULL,
    "wlb_password" CHARACTER VARYING NOT NULL
);

CREATE TABLE "pool_patch" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL,
    "pool_applied" BOOLEAN NOT NULL,
    "after_apply_guidance" CHARACTER VARYING NOT NULL,
    "pool_update" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "filename" CHARACTER VARYING NOT NULL
);

CREATE TABLE "pool_update" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "installation_size" BIGINT NOT NULL,
    "key" CHARACTER VARYING NOT NULL,
    "after_apply_guidance" CHARACTER VARYING NOT NULL,
    "vdi" CHARACTER VARYING NOT NULL,
    "hosts" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "enforce_homogeneity" BOOLEAN NOT NULL
);

CREATE TABLE "VM" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "power_state" CHARACTER VARYING NOT NULL,
    "user_version" BIGINT NOT NULL,
    "is_a_template" BOOLEAN NOT NULL,
    "is_default_template" BOOLEAN NOT NULL,
    "suspend_VDI" CHARACTER VARYING NOT NULL,
    "resident_on" CHARACTER VARYING NOT NULL,
    "scheduled_to_be_resident_on" CHARACTER VARYING NOT NULL,
    "affinity" CHARACTER VARYING NOT NULL,
    "memory_overhead" BIGINT NOT NULL,
    "memory_target" BIGINT NOT NULL,
    "memory_static_max" BIGINT NOT NULL,
    "memory_dynamic_max" BIGINT NOT NULL,
    "memory_dynamic_min" BIGINT NOT NULL,
    "memory_static_min" BIGINT NOT NULL,
    "VCPUs_params" CHARACTER VARYING NOT NULL,
    "VCPUs_max" BIGINT NOT NULL,
    "VCPUs_at_startup" BIGINT NOT NULL,
    "actions_after_softreboot" CHARACTER VARYING NOT NULL,
    "actions_after_shutdown" CHARACTER VARYING NOT NULL,
    "actions_after_reboot" CHARACTER VARYING NOT NULL,
    "actions_after_crash" CHARACTER VARYING NOT NULL,
    "PV_bootloader" CHARACTER VARYING NOT NULL,
    "PV_kernel" CHARACTER VARYING NOT NULL,
    "PV_ramdisk" CHARACTER VARYING NOT NULL,
    "PV_args" CHARACTER VARYING NOT NULL,
    "PV_bootloader_args" CHARACTER VARYING NOT NULL,
    "PV_legacy_args" CHARACTER VARYING NOT NULL,
    "HVM_boot_policy" CHARACTER VARYING NOT NULL,
    "HVM_boot_params" CHARACTER VARYING NOT NULL,
    "HVM_shadow_multiplier" DOUBLE PRECISION NOT NULL,
    "platform" CHARACTER VARYING NOT NULL,
    "PCI_bus" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "domid" BIGINT NOT NULL,
    "domarch" CHARACTER VARYING NOT NULL,
    "last_boot_CPU_flags" CHARACTER VARYING NOT NULL,
    "is_control_domain" BOOLEAN NOT NULL,
    "metrics" CHARACTER VARYING NOT NULL,
    "guest_metrics" CHARACTER VARYING NOT NULL,
    "last_booted_record" CHARACTER VARYING NOT NULL,
    "recommendations" CHARACTER VARYING NOT NULL,
    "xenstore_data" CHARACTER VARYING NOT NULL,
    "ha_always_run" BOOLEAN NOT NULL,
    "ha_restart_priority" CHARACTER VARYING NOT NULL,
    "is_a_snapshot" BOOLEAN NOT NULL,
    "snapshot_of" CHARACTER VARYING NOT NULL,
    "snapshot_time" CHARACTER VARYING NOT NULL,
    "transportable_snapshot_id" CHARACTER VARYING NOT NULL,
    "blobs" CHARACTER VARYING NOT NULL,
    "tags" CHARACTER VARYING NOT NULL,
    "blocked_operations" CHARACTER VARYING NOT NULL,
    "snapshot_info" CHARACTER VARYING NOT NULL,
    "snapshot_metadata" CHARACTER VARYING NOT NULL,
    "parent" CHARACTER VARYING NOT NULL,
    "bios_strings" CHARACTER VARYING NOT NULL,
    "protection_policy" CHARACTER VARYING NOT NULL,
    "is_snapshot_from_vmpp" BOOLEAN NOT NULL,
    "snapshot_schedule" CHARACTER VARYING NOT NULL,
    "is_vmss_snapshot" BOOLEAN NOT NULL,
    "appliance" CHARACTER VARYING NOT NULL,
    "start_delay" BIGINT NOT NULL,
    "shutdown_delay" BIGINT NOT NULL,
    "order" BIGINT NOT NULL,
    "attached_PCIs" CHARACTER VARYING NOT NULL,
    "suspend_SR" CHARACTER VARYING NOT NULL,
    "version" BIGINT NOT NULL,
    "generation_id" CHARACTER VARYING NOT NULL,
    "hardware_platform_version" BIGINT NOT NULL,
    "has_vendor_device" BOOLEAN NOT NULL,
    "requires_reboot" BOOLEAN NOT NULL,
    "reference_label" CHARACTER VARYING NOT NULL,
    "domain_type" CHARACTER VARYING NOT NULL,
    "NVRAM" CHARACTER VARYING NOT NULL,
    "pending_guidances" CHARACTER VARYING NOT NULL,
    "pending_guidances_recommended" CHARACTER VARYING NOT NULL,
    "pending_guidances_full" CHARACTER VARYING NOT NULL,
    "groups" CHARACTER VARYING NOT NULL,
    "secureboot_certificates_state" CHARACTER VARYING NOT NULL,
    "recommended_guidances" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VM_metrics" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "VCPUs_number" BIGINT NOT NULL,
    "start_time" CHARACTER VARYING NOT NULL,
    "install_time" CHARACTER VARYING NOT NULL,
    "current_domain_type" CHARACTER VARYING NOT NULL,
    "numa_optimised" BOOLEAN NOT NULL,
    "numa_nodes" BIGINT NOT NULL,
    "numa_node_memory" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VM_guest_metrics" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "os_version" CHARACTER VARYING NOT NULL,
    "netbios_name" CHARACTER VARYING NOT NULL,
    "PV_drivers_version" CHARACTER VARYING NOT NULL,
    "PV_drivers_up_to_date" BOOLEAN NOT NULL,
    "memory" CHARACTER VARYING NOT NULL,
    "disks" CHARACTER VARYING NOT NULL,
    "networks" CHARACTER VARYING NOT NULL,
    "other" CHARACTER VARYING NOT NULL,
    "last_updated" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "live" BOOLEAN NOT NULL,
    "can_use_hotplug_vbd" CHARACTER VARYING NOT NULL,
    "can_use_hotplug_vif" CHARACTER VARYING NOT NULL,
    "PV_drivers_detected" BOOLEAN NOT NULL,
    "services" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VMPP" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "is_policy_enabled" BOOLEAN NOT NULL,
    "backup_type" CHARACTER VARYING NOT NULL,
    "backup_retention_value" BIGINT NOT NULL,
    "backup_frequency" CHARACTER VARYING NOT NULL,
    "backup_schedule" CHARACTER VARYING NOT NULL,
    "is_backup_running" BOOLEAN NOT NULL,
    "backup_last_run_time" CHARACTER VARYING NOT NULL,
    "archive_target_type" CHARACTER VARYING NOT NULL,
    "archive_target_config" CHARACTER VARYING NOT NULL,
    "archive_frequency" CHARACTER VARYING NOT NULL,
    "archive_schedule" CHARACTER VARYING NOT NULL,
    "is_archive_running" BOOLEAN NOT NULL,
    "archive_last_run_time" CHARACTER VARYING NOT NULL,
    "is_alarm_enabled" BOOLEAN NOT NULL,
    "alarm_config" CHARACTER VARYING NOT NULL,
    "recent_alerts" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VMSS" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "retained_snapshots" BIGINT NOT NULL,
    "frequency" CHARACTER VARYING NOT NULL,
    "schedule" CHARACTER VARYING NOT NULL,
    "last_run_time" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VM_appliance" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL
);

CREATE TABLE "DR_task" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL
);

CREATE TABLE "host" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "memory_overhead" BIGINT NOT NULL,
    "API_version_major" BIGINT NOT NULL,
    "API_version_minor" BIGINT NOT NULL,
    "API_version_vendor" CHARACTER VARYING NOT NULL,
    "API_version_vendor_implementation" CHARACTER VARYING NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "software_version" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "capabilities" CHARACTER VARYING NOT NULL,
    "cpu_configuration" CHARACTER VARYING NOT NULL,
    "sched_policy" CHARACTER VARYING NOT NULL,
    "supported_bootloaders" CHARACTER VARYING NOT NULL,
    "logging" CHARACTER VARYING NOT NULL,
    "suspend_image_sr" CHARACTER VARYING NOT NULL,
    "crash_dump_sr" CHARACTER VARYING NOT NULL,
    "updates" CHARACTER VARYING NOT NULL,
    "cpu_info" CHARACTER VARYING NOT NULL,
    "hostname" CHARACTER VARYING NOT NULL,
    "address" CHARACTER VARYING NOT NULL,
    "metrics" CHARACTER VARYING NOT NULL,
    "license_params" CHARACTER VARYING NOT NULL,
    "ha_statefiles" CHARACTER VARYING NOT NULL,
    "ha_network_peers" CHARACTER VARYING NOT NULL,
    "blobs" CHARACTER VARYING NOT NULL,
    "tags" CHARACTER VARYING NOT NULL,
    "external_auth_type" CHARACTER VARYING NOT NULL,
    "external_auth_service_name" CHARACTER VARYING NOT NULL,
    "external_auth_configuration" CHARACTER VARYING NOT NULL,
    "edition" CHARACTER VARYING NOT NULL,
    "license_server" CHARACTER VARYING NOT NULL,
    "bios_strings" CHARACTER VARYING NOT NULL,
    "power_on_mode" CHARACTER VARYING NOT NULL,
    "power_on_config" CHARACTER VARYING NOT NULL,
    "local_cache_sr" CHARACTER VARYING NOT NULL,
    "chipset_info" CHARACTER VARYING NOT NULL,
    "ssl_legacy" BOOLEAN NOT NULL,
    "guest_VCPUs_params" CHARACTER VARYING NOT NULL,
    "display" CHARACTER VARYING NOT NULL,
    "virtual_hardware_platform_versions" CHARACTER VARYING NOT NULL,
    "control_domain" CHARACTER VARYING NOT NULL,
    "updates_requiring_reboot" CHARACTER VARYING NOT NULL,
    "iscsi_iqn" CHARACTER VARYING NOT NULL,
    "multipathing" BOOLEAN NOT NULL,
    "uefi_certificates" CHARACTER VARYING NOT NULL,
    "editions" CHARACTER VARYING NOT NULL,
    "pending_guidances" CHARACTER VARYING NOT NULL,
    "tls_verification_enabled" BOOLEAN NOT NULL,
    "last_software_update" CHARACTER VARYING NOT NULL,
    "https_only" BOOLEAN NOT NULL,
    "latest_synced_updates_applied" CHARACTER VARYING NOT NULL,
    "numa_affinity_policy" CHARACTER VARYING NOT NULL,
    "pending_guidances_recommended" CHARACTER VARYING NOT NULL,
    "pending_guidances_full" CHARACTER VARYING NOT NULL,
    "last_update_hash" CHARACTER VARYING NOT NULL,
    "ssh_enabled" BOOLEAN NOT NULL,
    "ssh_enabled_timeout" BIGINT NOT NULL,
    "ssh_expiry" CHARACTER VARYING NOT NULL,
    "console_idle_timeout" BIGINT NOT NULL,
    "ssh_auto_mode" BOOLEAN NOT NULL,
    "max_cstate" CHARACTER VARYING NOT NULL,
    "secure_boot" BOOLEAN NOT NULL,
    "ntp_mode" CHARACTER VARYING NOT NULL,
    "ntp_custom_servers" CHARACTER VARYING NOT NULL,
    "timezone" CHARACTER VARYING NOT NULL,
    "boot_free_mem" BIGINT NOT NULL,
    "recommended_guidances" CHARACTER VARYING NOT NULL
);

CREATE TABLE "host_crashdump" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "timestamp" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "filename" CHARACTER VARYING NOT NULL
);

CREATE TABLE "host_patch" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "applied" BOOLEAN NOT NULL,
    "timestamp_applied" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL,
    "pool_patch" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "filename" CHARACTER VARYING NOT NULL
);

CREATE TABLE "host_metrics" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "memory_total" BIGINT NOT NULL,
    "memory_free" BIGINT NOT NULL,
    "live" BOOLEAN NOT NULL,
    "last_updated" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "host_cpu" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "number" BIGINT NOT NULL,
    "vendor" CHARACTER VARYING NOT NULL,
    "speed" BIGINT NOT NULL,
    "modelname" CHARACTER VARYING NOT NULL,
    "family" BIGINT NOT NULL,
    "model" BIGINT NOT NULL,
    "stepping" CHARACTER VARYING NOT NULL,
    "flags" CHARACTER VARYING NOT NULL,
    "features" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "network" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "MTU" BIGINT NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "bridge" CHARACTER VARYING NOT NULL,
    "managed" BOOLEAN NOT NULL,
    "blobs" CHARACTER VARYING NOT NULL,
    "tags" CHARACTER VARYING NOT NULL,
    "default_locking_mode" CHARACTER VARYING NOT NULL,
    "assigned_ips" CHARACTER VARYING NOT NULL,
    "purpose" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VIF" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "device" CHARACTER VARYING NOT NULL,
    "network" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "MAC" CHARACTER VARYING NOT NULL,
    "MTU" BIGINT NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "currently_attached" BOOLEAN NOT NULL,
    "status_code" BIGINT NOT NULL,
    "status_detail" CHARACTER VARYING NOT NULL,
    "runtime_properties" CHARACTER VARYING NOT NULL,
    "qos_algorithm_type" CHARACTER VARYING NOT NULL,
    "qos_algorithm_params" CHARACTER VARYING NOT NULL,
    "qos_supported_algorithms" CHARACTER VARYING NOT NULL,
    "metrics" CHARACTER VARYING NOT NULL,
    "MAC_autogenerated" BOOLEAN NOT NULL,
    "locking_mode" CHARACTER VARYING NOT NULL,
    "ipv4_allowed" CHARACTER VARYING NOT NULL,
    "ipv6_allowed" CHARACTER VARYING NOT NULL,
    "ipv4_configuration_mode" CHARACTER VARYING NOT NULL,
    "ipv4_addresses" CHARACTER VARYING NOT NULL,
    "ipv4_gateway" CHARACTER VARYING NOT NULL,
    "ipv6_configuration_mode" CHARACTER VARYING NOT NULL,
    "ipv6_addresses" CHARACTER VARYING NOT NULL,
    "ipv6_gateway" CHARACTER VARYING NOT NULL,
    "trunks" CHARACTER VARYING NOT NULL,
    "reserved" BOOLEAN NOT NULL,
    "reserved_pci" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VIF_metrics" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "last_updated" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PIF" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "device" CHARACTER VARYING NOT NULL,
    "network" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "MAC" CHARACTER VARYING NOT NULL,
    "MTU" BIGINT NOT NULL,
    "VLAN" BIGINT NOT NULL,
    "metrics" CHARACTER VARYING NOT NULL,
    "physical" BOOLEAN NOT NULL,
    "currently_attached" BOOLEAN NOT NULL,
    "ip_configuration_mode" CHARACTER VARYING NOT NULL,
    "IP" CHARACTER VARYING NOT NULL,
    "netmask" CHARACTER VARYING NOT NULL,
    "gateway" CHARACTER VARYING NOT NULL,
    "DNS" CHARACTER VARYING NOT NULL,
    "bond_slave_of" CHARACTER VARYING NOT NULL,
    "VLAN_master_of" CHARACTER VARYING NOT NULL,
    "management" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "disallow_unplug" BOOLEAN NOT NULL,
    "ipv6_configuration_mode" CHARACTER VARYING NOT NULL,
    "IPv6" CHARACTER VARYING NOT NULL,
    "ipv6_gateway" CHARACTER VARYING NOT NULL,
    "primary_address_type" CHARACTER VARYING NOT NULL,
    "managed" BOOLEAN NOT NULL,
    "properties" CHARACTER VARYING NOT NULL,
    "capabilities" CHARACTER VARYING NOT NULL,
    "igmp_snooping_status" CHARACTER VARYING NOT NULL,
    "PCI" CHARACTER VARYING NOT NULL,
    "device_name" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PIF_metrics" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "carrier" BOOLEAN NOT NULL,
    "vendor_id" CHARACTER VARYING NOT NULL,
    "vendor_name" CHARACTER VARYING NOT NULL,
    "device_id" CHARACTER VARYING NOT NULL,
    "device_name" CHARACTER VARYING NOT NULL,
    "speed" BIGINT NOT NULL,
    "duplex" BOOLEAN NOT NULL,
    "pci_bus_path" CHARACTER VARYING NOT NULL,
    "last_updated" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Bond" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "master" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "primary_slave" CHARACTER VARYING NOT NULL,
    "mode" CHARACTER VARYING NOT NULL,
    "properties" CHARACTER VARYING NOT NULL,
    "links_up" BIGINT NOT NULL,
    "auto_update_mac" BOOLEAN NOT NULL
);

CREATE TABLE "VLAN" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "tagged_PIF" CHARACTER VARYING NOT NULL,
    "untagged_PIF" CHARACTER VARYING NOT NULL,
    "tag" BIGINT NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "SM" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "vendor" CHARACTER VARYING NOT NULL,
    "copyright" CHARACTER VARYING NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "required_api_version" CHARACTER VARYING NOT NULL,
    "configuration" CHARACTER VARYING NOT NULL,
    "capabilities" CHARACTER VARYING NOT NULL,
    "features" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "driver_filename" CHARACTER VARYING NOT NULL,
    "required_cluster_stack" CHARACTER VARYING NOT NULL,
    "supported_image_formats" CHARACTER VARYING NOT NULL,
    "host_pending_features" CHARACTER VARYING NOT NULL
);

CREATE TABLE "SR" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "virtual_allocation" BIGINT NOT NULL,
    "physical_utilisation" BIGINT NOT NULL,
    "physical_size" BIGINT NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "content_type" CHARACTER VARYING NOT NULL,
    "shared" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "tags" CHARACTER VARYING NOT NULL,
    "sm_config" CHARACTER VARYING NOT NULL,
    "blobs" CHARACTER VARYING NOT NULL,
    "local_cache_enabled" BOOLEAN NOT NULL,
    "introduced_by" CHARACTER VARYING NOT NULL,
    "clustered" BOOLEAN NOT NULL,
    "is_tools_sr" BOOLEAN NOT NULL,
    "default_vdi_visibility" BOOLEAN NOT NULL
);

CREATE TABLE "LVHD" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VDI" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "SR" CHARACTER VARYING NOT NULL,
    "virtual_size" BIGINT NOT NULL,
    "physical_utilisation" BIGINT NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "sharable" BOOLEAN NOT NULL,
    "read_only" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "storage_lock" BOOLEAN NOT NULL,
    "location" CHARACTER VARYING NOT NULL,
    "managed" BOOLEAN NOT NULL,
    "missing" BOOLEAN NOT NULL,
    "parent" CHARACTER VARYING NOT NULL,
    "xenstore_data" CHARACTER VARYING NOT NULL,
    "sm_config" CHARACTER VARYING NOT NULL,
    "is_a_snapshot" BOOLEAN NOT NULL,
    "snapshot_of" CHARACTER VARYING NOT NULL,
    "snapshot_time" CHARACTER VARYING NOT NULL,
    "tags" CHARACTER VARYING NOT NULL,
    "allow_caching" BOOLEAN NOT NULL,
    "on_boot" CHARACTER VARYING NOT NULL,
    "metadata_of_pool" CHARACTER VARYING NOT NULL,
    "metadata_latest" BOOLEAN NOT NULL,
    "is_tools_iso" BOOLEAN NOT NULL,
    "cbt_enabled" BOOLEAN NOT NULL
);

CREATE TABLE "VBD" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "VDI" CHARACTER VARYING NOT NULL,
    "device" CHARACTER VARYING NOT NULL,
    "userdevice" CHARACTER VARYING NOT NULL,
    "bootable" BOOLEAN NOT NULL,
    "mode" CHARACTER VARYING NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "unpluggable" BOOLEAN NOT NULL,
    "storage_lock" BOOLEAN NOT NULL,
    "empty" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "currently_attached" BOOLEAN NOT NULL,
    "status_code" BIGINT NOT NULL,
    "status_detail" CHARACTER VARYING NOT NULL,
    "runtime_properties" CHARACTER VARYING NOT NULL,
    "qos_algorithm_type" CHARACTER VARYING NOT NULL,
    "qos_algorithm_params" CHARACTER VARYING NOT NULL,
    "qos_supported_algorithms" CHARACTER VARYING NOT NULL,
    "metrics" CHARACTER VARYING NOT NULL,
    "reserved" BOOLEAN NOT NULL
);

CREATE TABLE "VBD_metrics" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "last_updated" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PBD" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "SR" CHARACTER VARYING NOT NULL,
    "device_config" CHARACTER VARYING NOT NULL,
    "currently_attached" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "crashdump" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "VDI" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VTPM" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "backend" CHARACTER VARYING NOT NULL,
    "persistence_backend" CHARACTER VARYING NOT NULL,
    "is_unique" BOOLEAN NOT NULL,
    "is_protected" BOOLEAN NOT NULL,
    "contents" CHARACTER VARYING NOT NULL
);

CREATE TABLE "console" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "protocol" CHARACTER VARYING NOT NULL,
    "location" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "port" BIGINT NOT NULL
);

CREATE TABLE "user" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "short_name" CHARACTER VARYING NOT NULL,
    "fullname" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "blob" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL,
    "public" BOOLEAN NOT NULL,
    "last_updated" CHARACTER VARYING NOT NULL,
    "mime_type" CHARACTER VARYING NOT NULL
);

CREATE TABLE "secret" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "value" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "tunnel" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "access_PIF" CHARACTER VARYING NOT NULL,
    "transport_PIF" CHARACTER VARYING NOT NULL,
    "status" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "protocol" CHARACTER VARYING NOT NULL
);

CREATE TABLE "network_sriov" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "physical_PIF" CHARACTER VARYING NOT NULL,
    "logical_PIF" CHARACTER VARYING NOT NULL,
    "requires_reboot" BOOLEAN NOT NULL,
    "configuration_mode" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PCI" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "class_id" CHARACTER VARYING NOT NULL,
    "class_name" CHARACTER VARYING NOT NULL,
    "vendor_id" CHARACTER VARYING NOT NULL,
    "vendor_name" CHARACTER VARYING NOT NULL,
    "device_id" CHARACTER VARYING NOT NULL,
    "device_name" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "pci_id" CHARACTER VARYING NOT NULL,
    "dependencies" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "subsystem_vendor_id" CHARACTER VARYING NOT NULL,
    "subsystem_vendor_name" CHARACTER VARYING NOT NULL,
    "subsystem_device_id" CHARACTER VARYING NOT NULL,
    "subsystem_device_name" CHARACTER VARYING NOT NULL,
    "driver_name" CHARACTER VARYING NOT NULL,
    "functions" BIGINT NOT NULL,
    "physical_function" CHARACTER VARYING NOT NULL,
    "attached_VMs" CHARACTER VARYING NOT NULL,
    "scheduled_to_be_attached_to" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PGPU" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "PCI" CHARACTER VARYING NOT NULL,
    "GPU_group" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "supported_VGPU_types" CHARACTER VARYING NOT NULL,
    "enabled_VGPU_types" CHARACTER VARYING NOT NULL,
    "supported_VGPU_max_capacities" CHARACTER VARYING NOT NULL,
    "dom0_access" CHARACTER VARYING NOT NULL,
    "is_system_display_device" BOOLEAN NOT NULL,
    "compatibility_metadata" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL
);

CREATE TABLE "GPU_group" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "GPU_types" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "allocation_algorithm" CHARACTER VARYING NOT NULL,
    "supported_VGPU_types" CHARACTER VARYING NOT NULL,
    "enabled_VGPU_types" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VGPU" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "GPU_group" CHARACTER VARYING NOT NULL,
    "device" CHARACTER VARYING NOT NULL,
    "currently_attached" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "resident_on" CHARACTER VARYING NOT NULL,
    "scheduled_to_be_resident_on" CHARACTER VARYING NOT NULL,
    "compatibility_metadata" CHARACTER VARYING NOT NULL,
    "extra_args" CHARACTER VARYING NOT NULL,
    "PCI" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VGPU_type" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "vendor_name" CHARACTER VARYING NOT NULL,
    "model_name" CHARACTER VARYING NOT NULL,
    "framebuffer_size" BIGINT NOT NULL,
    "max_heads" BIGINT NOT NULL,
    "max_resolution_x" BIGINT NOT NULL,
    "max_resolution_y" BIGINT NOT NULL,
    "supported_on_PGPUs" CHARACTER VARYING NOT NULL,
    "enabled_on_PGPUs" CHARACTER VARYING NOT NULL,
    "supported_on_GPU_groups" CHARACTER VARYING NOT NULL,
    "enabled_on_GPU_groups" CHARACTER VARYING NOT NULL,
    "implementation" CHARACTER VARYING NOT NULL,
    "identifier" CHARACTER VARYING NOT NULL,
    "experimental" BOOLEAN NOT NULL,
    "compatible_types_in_vm" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL,
    "internal_config" CHARACTER VARYING NOT NULL,
    "compatible_types_on_pgpu" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PVS_site" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "PVS_uuid" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PVS_server" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "addresses" CHARACTER VARYING NOT NULL,
    "first_port" BIGINT NOT NULL,
    "last_port" BIGINT NOT NULL,
    "site" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PVS_proxy" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "site" CHARACTER VARYING NOT NULL,
    "VIF" CHARACTER VARYING NOT NULL,
    "currently_attached" BOOLEAN NOT NULL,
    "status" CHARACTER VARYING NOT NULL
);

CREATE TABLE "PVS_cache_storage" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "SR" CHARACTER VARYING NOT NULL,
    "site" CHARACTER VARYING NOT NULL,
    "size" BIGINT NOT NULL,
    "VDI" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Feature" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "experimental" BOOLEAN NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL
);

CREATE TABLE "SDN_controller" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "protocol" CHARACTER VARYING NOT NULL,
    "address" CHARACTER VARYING NOT NULL,
    "port" BIGINT NOT NULL
);

CREATE TABLE "PUSB" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "USB_group" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "path" CHARACTER VARYING NOT NULL,
    "vendor_id" CHARACTER VARYING NOT NULL,
    "vendor_desc" CHARACTER VARYING NOT NULL,
    "product_id" CHARACTER VARYING NOT NULL,
    "product_desc" CHARACTER VARYING NOT NULL,
    "serial" CHARACTER VARYING NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "description" CHARACTER VARYING NOT NULL,
    "passthrough_enabled" BOOLEAN NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "speed" DOUBLE PRECISION NOT NULL
);

CREATE TABLE "USB_group" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "VUSB" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "VM" CHARACTER VARYING NOT NULL,
    "USB_group" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL,
    "currently_attached" BOOLEAN NOT NULL
);

CREATE TABLE "Cluster" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "pending_forget" CHARACTER VARYING NOT NULL,
    "cluster_token" CHARACTER VARYING NOT NULL,
    "cluster_stack" CHARACTER VARYING NOT NULL,
    "cluster_stack_version" BIGINT NOT NULL,
    "is_quorate" BOOLEAN NOT NULL,
    "quorum" BIGINT NOT NULL,
    "live_hosts" BIGINT NOT NULL,
    "expected_hosts" BIGINT NOT NULL,
    "pool_auto_join" BOOLEAN NOT NULL,
    "token_timeout" DOUBLE PRECISION NOT NULL,
    "token_timeout_coefficient" DOUBLE PRECISION NOT NULL,
    "cluster_config" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Cluster_host" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "cluster" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "PIF" CHARACTER VARYING NOT NULL,
    "joined" BOOLEAN NOT NULL,
    "live" BOOLEAN NOT NULL,
    "last_update_live" CHARACTER VARYING NOT NULL,
    "other_config" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Certificate" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name" CHARACTER VARYING NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "not_before" CHARACTER VARYING NOT NULL,
    "not_after" CHARACTER VARYING NOT NULL,
    "fingerprint" CHARACTER VARYING NOT NULL,
    "fingerprint_sha256" CHARACTER VARYING NOT NULL,
    "fingerprint_sha1" CHARACTER VARYING NOT NULL,
    "purpose" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Repository" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "binary_url" CHARACTER VARYING NOT NULL,
    "source_url" CHARACTER VARYING NOT NULL,
    "update" BOOLEAN NOT NULL,
    "hash" CHARACTER VARYING NOT NULL,
    "up_to_date" BOOLEAN NOT NULL,
    "gpgkey_path" CHARACTER VARYING NOT NULL,
    "origin" CHARACTER VARYING NOT NULL,
    "certificate" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Observer" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "hosts" CHARACTER VARYING NOT NULL,
    "attributes" CHARACTER VARYING NOT NULL,
    "endpoints" CHARACTER VARYING NOT NULL,
    "components" CHARACTER VARYING NOT NULL,
    "enabled" BOOLEAN NOT NULL
);

CREATE TABLE "VM_group" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "placement" CHARACTER VARYING NOT NULL,
    "VMs" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Host_driver" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "host" CHARACTER VARYING NOT NULL,
    "name" CHARACTER VARYING NOT NULL,
    "friendly_name" CHARACTER VARYING NOT NULL,
    "active_variant" CHARACTER VARYING NOT NULL,
    "selected_variant" CHARACTER VARYING NOT NULL,
    "type" CHARACTER VARYING NOT NULL,
    "description" CHARACTER VARYING NOT NULL,
    "info" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Driver_variant" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name" CHARACTER VARYING NOT NULL,
    "driver" CHARACTER VARYING NOT NULL,
    "version" CHARACTER VARYING NOT NULL,
    "hardware_present" BOOLEAN NOT NULL,
    "priority" DOUBLE PRECISION NOT NULL,
    "status" CHARACTER VARYING NOT NULL
);

CREATE TABLE "Caller" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "user_agent" CHARACTER VARYING NOT NULL,
    "client_ip" CHARACTER VARYING NOT NULL,
    "last_access" CHARACTER VARYING NOT NULL,
    "groups" CHARACTER VARYING NOT NULL,
    "rate_limit" CHARACTER VARYING NOT NULL,
    "auto_registered" BOOLEAN NOT NULL
);

CREATE TABLE "Rate_limit" (
    "_ref" CHARACTER VARYING NOT NULL PRIMARY KEY,
    "_created" BIGINT NOT NULL,
    "_modified" BIGINT NOT NULL,
    "uuid" CHARACTER VARYING NOT NULL,
    "name_label" CHARACTER VARYING NOT NULL,
    "name_description" CHARACTER VARYING NOT NULL,
    "burst_size" DOUBLE PRECISION NOT NULL,
    "fill_rate" DOUBLE PRECISION NOT NULL
);

CREATE TABLE "change_log" (
    "sequence" BIGINT NOT NULL PRIMARY KEY,
    "class" CHARACTER VARYING NOT NULL,
    "ref" CHARACTER VARYING NOT NULL,
    "kind" CHARACTER VARYING NOT NULL,
    "created" BIGINT NOT NULL
);
