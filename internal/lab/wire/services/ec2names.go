package services

// ec2Elements are the XML names that differ from the rule: lower camel case, and "Set" behind the singular for lists.
var ec2Elements = map[string]string{
	"AvailabilityZone.State":                              "zoneState",
	"DescribeAvailabilityZonesOutput.AvailabilityZones":   "availabilityZoneInfo",
	"DescribeInstanceAttributeOutput.BlockDeviceMappings": "blockDeviceMapping",
	"DescribeInstanceAttributeOutput.KernelId":            "kernel",
	"DescribeInstanceAttributeOutput.ProductCodes":        "productCodes",
	"DescribeInstanceAttributeOutput.RamdiskId":           "ramdisk",
	"EbsStatusSummary.Details":                            "details",
	"Instance.BlockDeviceMappings":                        "blockDeviceMapping",
	"Instance.ProductCodes":                               "productCodes",
	"Instance.PublicDnsName":                              "dnsName",
	"Instance.PublicIpAddress":                            "ipAddress",
	"Instance.SecurityGroups":                             "groupSet",
	"Instance.State":                                      "instanceState",
	"Instance.StateTransitionReason":                      "reason",
	"InstanceNetworkInterface.Ipv6Addresses":              "ipv6AddressesSet",
	"InstanceNetworkInterface.PrivateIpAddresses":         "privateIpAddressesSet",
	"InstanceStatus.Events":                               "eventsSet",
	"InstanceStatusSummary.Details":                       "details",
	"NetworkAcl.IsDefault":                                "default",
	"NetworkInterface.Ipv6Addresses":                      "ipv6AddressesSet",
	"NetworkInterface.PrivateIpAddresses":                 "privateIpAddressesSet",
	"ProductCode.ProductCodeId":                           "productCode",
	"ProductCode.ProductCodeType":                         "type",
	"Reservation.Instances":                               "instancesSet",
	"StartInstancesOutput.StartingInstances":              "instancesSet",
	"StopInstancesOutput.StoppingInstances":               "instancesSet",
	"TerminateInstancesOutput.TerminatingInstances":       "instancesSet",
	"Volume.State":                                        "status",
	"VolumeAttachment.State":                              "status",
}

// ec2Params are the parameters that differ from the rule: the field's name, in the singular for lists.
var ec2Params = map[string]string{
	"CreateNetworkAclEntryInput.IcmpTypeCode":  "Icmp",
	"CreateTagsInput.Resources":                "ResourceId",
	"DeleteTagsInput.Resources":                "ResourceId",
	"ModifyInstanceAttributeInput.Groups":      "GroupId",
	"ReplaceNetworkAclEntryInput.IcmpTypeCode": "Icmp",
}
